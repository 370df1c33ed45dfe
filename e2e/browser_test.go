package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

const patience = 15 * time.Second

// newBrowser starts Chromium. Its pages are closed with the test.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("lang", "zh-CN"))
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(func() { cancel(); cancelAlloc() })
	if err := chromedp.Run(ctx); err != nil {
		t.Fatalf("starting Chromium (make services installs it): %v", err)
	}
	return ctx
}

// page is one tab.
type page struct {
	t   *testing.T
	ctx context.Context
}

func newPage(t *testing.T, browser context.Context, width, height int64, url string) *page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	if err := chromedp.Run(ctx); err != nil { // opens the tab; a context with a deadline would close it again
		t.Fatalf("opening a tab: %v", err)
	}
	p := &page{t: t, ctx: ctx}
	p.run(chromedp.EmulateViewport(width, height), chromedp.Navigate(url))
	return p
}

func (p *page) run(actions ...chromedp.Action) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		p.shoot("failed")
		p.t.Fatalf("browser: %v\npage text:\n%s", err, p.text("body"))
	}
}

// text is what a person reads in the first match, "" when there is none.
func (p *page) text(selector string) string {
	var s string
	js := fmt.Sprintf(`(document.querySelector(%s)||{innerText:""}).innerText`, quote(selector))
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, chromedp.Evaluate(js, &s)); err != nil {
		return ""
	}
	return s
}

// until waits until the JavaScript condition holds. A page that is being replaced does not end the wait.
func (p *page) until(what, js string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		var holds bool
		if err := chromedp.Run(ctx, chromedp.Evaluate(js, &holds)); err == nil && holds {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			p.shoot("failed")
			p.t.Fatalf("waited in vain for %s; page text:\n%s", what, p.text("body"))
		}
	}
}

// sees waits until the words stand somewhere on the page.
func (p *page) sees(words ...string) {
	p.t.Helper()
	for _, w := range words {
		p.until(w, fmt.Sprintf(`document.body.innerText.includes(%s)`, quote(w)))
	}
}

func (p *page) click(selector string) {
	p.t.Helper()
	p.run(chromedp.WaitVisible(selector, chromedp.ByQuery), chromedp.Click(selector, chromedp.ByQuery))
}

// press clicks the visible button, link or label with this text.
func (p *page) press(text string) {
	p.t.Helper()
	find := fmt.Sprintf(`[...document.querySelectorAll("button,a,label,summary,input[type=submit]")].find(e => (e.innerText||e.value||"").trim() === %s && e.getClientRects().length > 0)`, quote(text))
	p.until("the button "+text, "!!("+find+")")
	p.run(chromedp.Evaluate("("+find+").click()", nil))
}

// shoot keeps a screenshot.
func (p *page) shoot(name string) {
	p.t.Helper()
	var png []byte
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	settled := chromedp.Evaluate(`Promise.race([new Promise(r => setTimeout(r, 1000)), Promise.allSettled(document.getAnimations().filter(a => a.effect.getComputedTiming().endTime < 1e6).map(a => a.finished))])`, nil,
		func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) })
	if err := chromedp.Run(ctx, cdppage.BringToFront(), settled, chromedp.CaptureScreenshot(&png)); err != nil {
		p.t.Errorf("screenshot %s: %v", name, err)
		return
	}
	p.keep(name, png)
}

func (p *page) keep(name string, png []byte) {
	p.t.Helper()
	dir := os.Getenv("VREP_TEST_OUT")
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "vrep-e2e-shots")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// shootWhole keeps the whole length of the page.
func (p *page) shootWhole(name string) {
	p.t.Helper()
	var png []byte
	p.run(chromedp.FullScreenshot(&png, 100))
	p.keep(name, png)
}

// open goes to another path of the same site.
func (p *page) open(path string) {
	p.t.Helper()
	var origin string
	p.run(chromedp.Evaluate("location.origin", &origin))
	p.run(chromedp.Navigate(origin + path))
}

// shootBoth keeps the page at desk and phone width.
func (p *page) shootBoth(name string) {
	p.t.Helper()
	p.run(chromedp.EmulateViewport(1440, 900))
	p.shoot(name + "-1440")
	p.fits(1440)
	p.run(chromedp.EmulateViewport(390, 844))
	p.shoot(name + "-390")
	p.fits(390)
}

// fits fails when the page scrolls sideways.
func (p *page) fits(width int) {
	p.t.Helper()
	var wide int
	p.run(chromedp.Evaluate(`document.documentElement.scrollWidth`, &wide))
	if wide > width {
		p.t.Errorf("the page is %d pixels wide on a screen of %d", wide, width)
	}
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// doctor is a page that shows the doctor's phone.
type doctor struct{ *page }

// says types a line and waits for an answer that holds all the words.
func (d doctor) says(line string, words ...string) {
	d.t.Helper()
	before := d.bubbles()
	d.run(chromedp.SendKeys("#text", line, chromedp.ByQuery), chromedp.Click("#send", chromedp.ByQuery))
	d.hears(before, line, words...)
}

func (d doctor) bubbles() int {
	var n int
	d.run(chromedp.Evaluate(`document.querySelectorAll("#log li.bot").length`, &n))
	return n
}

// hears waits until the bubbles after the first n hold all the words.
func (d doctor) hears(n int, after string, words ...string) {
	d.t.Helper()
	for _, w := range words {
		js := fmt.Sprintf(`[...document.querySelectorAll("#log li.bot")].slice(%d).map(e => e.innerText).join("\n").includes(%s)`, n, quote(w))
		d.until(fmt.Sprintf("%q after %q", w, after), js)
	}
	d.until("quiet after "+after, `document.querySelector("#dots").hidden`)
}

func contains(t *testing.T, what, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%s lacks %q:\n%s", what, w, text)
		}
	}
}
