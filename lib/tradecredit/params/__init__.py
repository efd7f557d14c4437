"""All parameters of a run: the run file and its sections, policies, stresses and laws."""
