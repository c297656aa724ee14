/* A browser starts no worker for a page that it opened as a file. There, the search of the site runs in a hidden frame. */
if (location.protocol === "file:") {
  class FrameWorker extends EventTarget {
    constructor(url) {
      super();
      this.waiting = [];
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      this.frame.srcdoc = "<!doctype html><title>search</title>";
      this.frame.addEventListener("load", () => this.start(url), { once: true });
      document.body.append(this.frame);
    }

    async start(url) {
      const inside = this.frame.contentWindow;
      inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      inside.importScripts = async (...urls) => {
        for (const script of urls) await this.load(script);
      };
      await this.load(url);
      this.send = (data) => inside.dispatchEvent(new inside.MessageEvent("message", { data }));
      this.waiting.splice(0).forEach(this.send);
    }

    load(url) {
      return new Promise((loaded, failed) => {
        const script = this.frame.contentDocument.createElement("script");
        script.src = url;
        script.onload = loaded;
        script.onerror = failed;
        this.frame.contentDocument.head.append(script);
      });
    }

    postMessage(data) {
      if (this.send) this.send(data);
      else this.waiting.push(data);
    }
  }
  window.Worker = FrameWorker;
  window.IFrameWorker = FrameWorker; // by this name the search knows that it runs in a frame
}
