/* SHA-256 of a file of any size, read piece by piece (WebCrypto hashes only what is in memory as a whole).
   Asked {id, blob}, it tells {id, done} as it goes and {id, sha256} at the end, or {id, trouble}. */
const PIECE = 4 * 1024 * 1024;

const primes = [];
for (let n = 2; primes.length < 64; n += 1) if (primes.every((prime) => n % prime)) primes.push(n);
/* FIPS 180-4: the first 32 bits of the fractional parts of cube and square roots of the first primes. */
const K = Int32Array.from(primes, (prime) => (Math.cbrt(prime) % 1) * 2 ** 32);
const FIRST = Int32Array.from(primes.slice(0, 8), (prime) => (Math.sqrt(prime) % 1) * 2 ** 32);
const W = new Int32Array(64);

/* Takes the whole blocks of 64 bytes of `bytes` into `state`. */
const digest = (state, bytes) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let place = 0; place + 64 <= bytes.length; place += 64) {
    for (let i = 0; i < 16; i += 1) W[i] = view.getInt32(place + 4 * i);
    for (let i = 16; i < 64; i += 1) {
      const x = W[i - 15];
      const y = W[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
    }
    let a = state[0]; let b = state[1]; let c = state[2]; let d = state[3];
    let e = state[4]; let f = state[5]; let g = state[6]; let h = state[7];
    for (let i = 0; i < 64; i += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d;
    state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  }
};

/* The last bytes, then a one, zeros, and the length in bits. */
const ending = (rest, size) => {
  const end = new Uint8Array(rest.length < 56 ? 64 : 128);
  end.set(rest);
  end[rest.length] = 0x80;
  new DataView(end.buffer).setBigUint64(end.length - 8, BigInt(size) * 8n);
  return end;
};

const hash = async (id, blob) => {
  const state = Int32Array.from(FIRST);
  let rest = new Uint8Array(0);
  for (let place = 0; place < blob.size; place += PIECE) {
    /* A piece is a multiple of 64 bytes, so only the last one leaves a rest. */
    const piece = new Uint8Array(await blob.slice(place, place + PIECE).arrayBuffer());
    digest(state, piece);
    rest = piece.subarray(piece.length - (piece.length % 64));
    postMessage({ id, done: place + piece.length });
  }
  digest(state, ending(rest, blob.size));
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
};

let line = Promise.resolve();
addEventListener("message", ({ data: { id, blob } }) => {
  line = line
    .then(async () => postMessage({ id, sha256: await hash(id, blob) }))
    .catch((trouble) => postMessage({ id, trouble: String(trouble.message || trouble) }));
});
