"""From a patient's observations to findings and a plan, each with what it rests on."""
