"""The steps of the main job: stage functions joined with the stores."""
