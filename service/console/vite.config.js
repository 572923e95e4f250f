// Relative addresses, so that the pages work under a proxy's path prefix; fixed names, because the program carries the files.
export default {
  base: './',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    modulePreload: false, target: 'es2020', reportCompressedSize: false,
    rollupOptions: { output: { entryFileNames: 'console/app.js', assetFileNames: 'console/app[extname]', inlineDynamicImports: true } },
  },
}
