package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestCodesAndDoctorPages: a code is made in the console and scanned, its funnel fills, the article is read through its tracked link, and the doctor sees
// and takes back what was agreed to.
func TestCodesAndDoctorPages(t *testing.T) {
	d := startDemo(t, freeAddress(t), t.TempDir())
	browser := newBrowser(t)
	c := newPage(t, browser, 1440, 900, d.console)
	c.sees("概览")
	c.open("/console/scenes")
	c.sees("还没有二维码")
	c.shootBoth("codes-empty")
	c.run(chromedp.EmulateViewport(1440, 900), chromedp.SetValue(`[name=name]`, "2026 秋季会 签到台", chromedp.ByQuery))
	c.run(chromedp.SetValue(`[name=flow]`, "first_visit", chromedp.ByQuery), chromedp.SetValue(`[name=tags]`, "2026秋季会", chromedp.ByQuery))
	c.shoot("codes-new")
	c.press("建好")
	c.sees("从扫码到线索", "永久图片")
	c.until("the picture", `(i => i && i.complete && i.naturalWidth > 100)(document.querySelector("img.code"))`)
	c.shootBoth("code-fresh")
	scan(t, d, "demo1", latestCode(t, d))
	for _, line := range []string{"医生", "同意", "同意", "王建国", "协和", "1", "心内", "第一个", "邀请码", d.invite, "退出", "文献"} {
		act(t, d, "demo1/say", map[string]string{"text": line})
	}
	c.run(chromedp.EmulateViewport(1440, 900), chromedp.Reload())
	c.sees("共扫 1 次", "其中 1 位由它开始关注")
	c.shootBoth("code-used")
	c.open("/console/scenes")
	c.run(chromedp.EmulateViewport(1440, 900))
	c.sees("2026 秋季会 签到台", "1 人")
	c.shootBoth("codes-list")

	me := newPage(t, browser, 390, 844, d.url+"/_sim/open?"+url.Values{"user": {"demo1"}, "url": {article(t, d, "demo1")}}.Encode())
	me.sees("文献速览", "审批号", "阅读全文")
	me.shootBoth("doctor-article")
	me.open("/d/me")
	me.sees("我的资料", "王建国", "2026秋季会")
	me.shootBoth("doctor-data")
	me.open("/d/notify")
	me.shootBoth("doctor-notify")
	me.open("/d/consent")
	me.sees("我的授权", "已同意")
	me.shootBoth("doctor-consent")
	me.run(chromedp.Evaluate(`window.confirm = () => true`, nil))
	me.press("收回同意")
	me.sees("已按您的选择登记")
	me.open("/r/nothing")
	me.sees("这个链接打不开")
	me.shootBoth("doctor-lost")

	c.open("/console/contents")
	c.run(chromedp.EmulateViewport(1440, 900))
	c.sees("文献速览", "打开的医生")
	c.shootBoth("console-contents")
}

// act lets a doctor of the pretend platform do something.
func act(t *testing.T, d *demo, path string, body any) map[string]any {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(d.url+"/_sim/users/"+path, "application/json", bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return decoded(t, res)
}

func decoded(t *testing.T, res *http.Response) map[string]any {
	t.Helper()
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if json.Unmarshal(raw, &out) != nil || res.StatusCode >= 300 {
		t.Fatalf("status %d: %s", res.StatusCode, raw)
	}
	return out
}

func ask(t *testing.T, d *demo, path string) map[string]any {
	t.Helper()
	res, err := http.Get(d.url + path)
	if err != nil {
		t.Fatal(err)
	}
	return decoded(t, res)
}

// latestCode is the scene of the code that the platform drew last.
func latestCode(t *testing.T, d *demo) string {
	t.Helper()
	codes, _ := ask(t, d, "/_sim/codes")["codes"].([]any)
	if len(codes) == 0 {
		t.Fatal("no code was drawn")
	}
	last, _ := codes[len(codes)-1].(map[string]any)
	scene, _ := last["scene"].(string)
	return scene
}

func scan(t *testing.T, d *demo, user, scene string) {
	t.Helper()
	act(t, d, user+"/follow", map[string]string{"scene": scene})
}

// article waits for the tracked link in the doctor's chat.
func article(t *testing.T, d *demo, user string) string {
	t.Helper()
	for deadline := time.After(patience); ; {
		raw, err := json.Marshal(ask(t, d, "/_sim/users/"+user+"/transcript"))
		if err != nil {
			t.Fatal(err)
		}
		if _, rest, ok := strings.Cut(string(raw), d.url+"/r/"); ok {
			token, _, _ := strings.Cut(rest, `"`)
			return d.url + "/r/" + token
		}
		select {
		case <-deadline:
			t.Fatal("waited in vain for the article")
		case <-time.After(100 * time.Millisecond):
		}
	}
}
