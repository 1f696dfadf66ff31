"""Long work beside the window: started, watched, cancelled."""
