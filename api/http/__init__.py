"""HTTP itself: connections and their limits, bodies, parameters, and every refusal in one form."""
