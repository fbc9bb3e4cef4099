"""The sandbox's certificate library: kinds of certificate as data, issued as signed PDF."""
