"""Reports on paper and as spreadsheets: values → bytes. Knows no Flask; the only place for fpdf2 and fontTools."""
