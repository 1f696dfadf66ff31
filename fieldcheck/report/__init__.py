"""Paper: one frozen report, and its printers: the page, the JSON, the sheets and the folder that
holds them."""
