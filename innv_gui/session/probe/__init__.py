"""The accuracy probe: which preprocessing a network was trained with."""
