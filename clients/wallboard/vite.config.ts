import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where the server listens while the wallboard is developed on Vite's own port. */
const SERVER = process.env['ROLLCALL_URL'] ?? 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [react(), tailwindcss()],
  server: { proxy: { '/trpc': { target: SERVER, ws: true } } },
  build: { outDir: 'dist', emptyOutDir: true, sourcemap: false },
});
