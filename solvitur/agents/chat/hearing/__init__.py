"""What a message wants: by rule where its words leave no doubt, else by one request to a model."""
