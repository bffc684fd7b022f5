"""The built-in views. Whatever declares a View here is offered on the page."""
