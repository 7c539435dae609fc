"""From an executed notebook to a report: parameters, execution, pages, records, the run."""
