// A server that nobody reaches.
window.fetch = () => Promise.reject(new TypeError("Failed to fetch"));
