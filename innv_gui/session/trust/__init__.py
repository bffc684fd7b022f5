"""How good explanations are: what is asked, the measuring, and the record that grows."""
