"""Reading: a question and a quote read together, where what they are like each for itself leaves it open."""
