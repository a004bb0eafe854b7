"""One module for each assay; `bench.registry` lists them."""
