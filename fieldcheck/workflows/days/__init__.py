"""Days of a deployed model: its log taken in shift by shift, and watched for drift."""
