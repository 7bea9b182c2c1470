// The ETL of the benchmark's job etl-csv, as a person writes one for `dayshift prototype --etl`.
export default (frame) =>
  frame
    .dropNulls()
    .derive({ total: 'amount * quantity' })
    .filter('total > 1000')
    .summarize({ rows: 'count(*)', total: 'sum(total)' }, { by: ['country'] })
    .sort('country')
