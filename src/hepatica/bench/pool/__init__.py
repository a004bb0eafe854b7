"""Evidence synthesis: trials of one outcome pooled in pairs or as a network.

`select` takes studies from the curated claims, `csv_file` from a table; `pairwise`, `proportions`
and `network` pool them; `concerns` says what speaks against pooling; `text` and `markdown` show it.
"""
