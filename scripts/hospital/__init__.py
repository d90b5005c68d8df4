"""The synthetic hospital's parts; ``make_hospital.py`` beside this folder is its command."""
