"""What is shown of a calibration."""
