"""From a patient's measurements to scores and criteria: three-valued, with units, at any scale."""
