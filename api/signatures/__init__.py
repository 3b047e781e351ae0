"""Who signs, with which key, whom we believe; signing by people who keep their keys at their desks."""
