"""What lasts: the workspace folder with maps, uploads and samples. Every file is written atomically."""
