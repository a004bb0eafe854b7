"""The same definitions over a registry: one row per patient and time, on one machine or Spark."""
