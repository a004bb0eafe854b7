"""Network meta-analysis of three or more treatments, frequentist, as in netmeta."""
