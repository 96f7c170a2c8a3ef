"""What an edition looks like to other systems; each module holds one format."""
