"""The built-in reasons why an image is worth a look. Whatever declares a Reason here is offered as a list."""
