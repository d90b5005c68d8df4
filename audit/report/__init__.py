"""View models (pure; the published JSON is the view model) and their renderers."""
