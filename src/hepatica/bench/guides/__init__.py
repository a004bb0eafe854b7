"""Troubleshooting guides and protocols as data, walked, written out and drawn."""
