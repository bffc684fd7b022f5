"""Views: what else is worth seeing of images under models, as tables, images and plots. Nothing here computes."""
