// The whole page, kept under the version of its build; the build fills in both constants.
const version = 'VERSION'
const files = ['FILES']

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(version).then((cache) => cache.addAll(files)))
  self.skipWaiting()
})

self.addEventListener('activate', (event) => {
  const stale = caches.keys().then((names) => names.filter((name) => name !== version))
  event.waitUntil(stale.then((names) => Promise.all(names.map((name) => caches.delete(name)))))
})

self.addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET') return
  const kept = caches.match(event.request, { ignoreSearch: true, cacheName: version })
  event.respondWith(kept.then((response) => response ?? fetch(event.request)))
})
