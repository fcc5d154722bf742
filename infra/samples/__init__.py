"""A sample company, written for trying things out: nobody in it exists, and what they say was invented."""
