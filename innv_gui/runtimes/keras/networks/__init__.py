"""Networks: made from cleared bytes, brought into the form that methods need, and measured."""
