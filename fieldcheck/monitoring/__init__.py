"""Monitoring: shifts of a running camera, drift charts and alarms."""
