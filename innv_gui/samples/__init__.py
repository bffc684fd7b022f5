"""Sample images: scikit-learn's digits, and pictures of vehicles and trees under two skies, made on first use."""

from innv_gui.samples.making import class_names, make, story_images

__all__ = ["class_names", "make", "story_images"]
