"""The frame, the designs and the draws. Pure: seed and frame in, units out."""
