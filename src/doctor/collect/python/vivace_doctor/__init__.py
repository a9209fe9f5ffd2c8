"""What vivace doctor sees from inside a Python program. Pure Python, of what every interpreter has built in."""
