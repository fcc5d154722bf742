"""Reading what other systems export; each reader yields the neutral records of application/imports."""
