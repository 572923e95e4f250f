// Relative addresses, so that the pages work under a proxy's path prefix; names that change with their content.
const names = { entryFileNames: 'console/[name]-[hash].js', chunkFileNames: 'console/[name]-[hash].js', assetFileNames: 'console/[name]-[hash][extname]' }
export default {
  base: './',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: { modulePreload: false, cssCodeSplit: false, target: 'es2020', reportCompressedSize: false, rollupOptions: { output: names } },
}
