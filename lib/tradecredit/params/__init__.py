"""All that a run can be told: the run file and its sections, policies, stresses and laws."""
