"""Office files in and out: tables (CSV, XLSX), schedules (MS Project XML, P6 XML, XER), rule files. Knows no store."""
