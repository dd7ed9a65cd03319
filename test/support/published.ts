/** arXiv 2504.12491, Table 1: accuracy on CMS, RAG and CBQA over all 1,225 pairs. */
export const PUBLISHED: Readonly<Record<string, readonly [number, number, number]>> = {
  inv_ppl_clm: [0.332, 0.38, 0.354],
  inv_ppl_sc: [0.703, 0.622, 0.609],
  kshot_cms: [0.573, 0.569, 0.525],
  kshot_rag: [0.696, 0.766, 0.704],
  kshot_cbqa: [0.437, 0.447, 0.467],
  mean_of_5: [0.622, 0.598, 0.564],
  'sc+rag': [0.744, 0.696, 0.642],
  'sc+rag-clm': [0.763, 0.692, 0.635],
};
