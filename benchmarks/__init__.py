"""mml against its peers: one file a task, timed in turn on one thread."""
