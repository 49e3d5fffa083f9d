"""What a configuration is worth, for less than a whole training, and by more than one measure: functions of numbers."""
