package e2e

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestPreview talks a shipped flow through on the preview page, edits the file on disk and sees the new text at the same question, breaks and mends the
// file, and saves the talk as a test that passes.
func TestPreview(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "flows")
	if err := os.CopyFS(dir, os.DirFS("../flows/library")); err != nil {
		t.Fatal(err)
	}
	profile := filepath.Join(t.TempDir(), "doctor.yaml")
	doctor := "level: 2\nprofile:\n  onboarded: \"2026-11-01\"\n  name: 王建国\n  department: {value: cardiology, label: 心血管内科}\n" +
		"  title: {value: chief, label: 主任医师或主任药师}\nconsents: {base: privacy_2026_11, push: push_2026_11}\n"
	if err := os.WriteFile(profile, []byte(doctor), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "first_visit.yaml")
	url := startPreview(t, file, "--now", "2026-11-18T10:00:00+08:00", "--profile", profile)
	p := newPage(t, newBrowser(t), 1440, 900, url)
	p.sees("流程预览", "检查通过", "setting")
	p.shootBoth("preview-start")
	p.run(chromedp.EmulateViewport(1440, 900))

	answer(p, "1", "大致有多少")
	answer(p, "４", "最看重")
	answer(p, "1、2", "更接近")
	answer(p, "随便", "没有对上")
	p.shootBoth("preview-refused")
	p.run(chromedp.EmulateViewport(1440, 900))

	edit(t, file, "更接近哪", "更接近下面哪")
	p.until("the new text at the same question", `[...document.querySelectorAll("#log .bot")].pop().innerText.includes("更接近下面哪")`)
	p.sees("重放了一遍", "还停在 ladder")
	p.shootBoth("preview-edited")
	p.run(chromedp.EmulateViewport(1440, 900))

	edit(t, file, "steps:", "stepz:")
	p.sees("先改这里", "stepz", "手机里是改动之前的对话")
	p.shootBoth("preview-broken")
	p.run(chromedp.EmulateViewport(1440, 900))
	edit(t, file, "stepz:", "steps:")
	p.until("the page mended", `!document.querySelector(".alarm") && document.body.innerText.includes("还停在 ladder")`)

	for _, one := range [][2]string{{"看过资料", "顾虑"}, {"想看更多证据", "哪些内容"}, {"文献和会议", "主题"}, {"肾病", "多久"}, {"每两周", "进一步交流"},
		{"愿意", "同意把您的姓名"}, {"同意", "哪天方便"}, {"下周三下午", "星期三"}, {"对", "怎样交流"}, {"医院", "谢谢王建国老师"}} {
		answer(p, one[0], one[1])
	}
	p.sees("对话走完了", "f2f_request", "76 分", "理性_指南")
	p.shootBoth("preview-done")
	for tab, name := range map[string]string{"结果": "got", "步骤": "steps", "检查": "check", "时钟和医生": "who"} {
		p.press(tab)
		p.shoot("preview-tab-" + name + "-390")
		p.fits(390)
	}
	p.run(chromedp.EmulateViewport(1440, 900))

	p.click("#save")
	p.run(chromedp.SendKeys("#case", "高意向医生约面谈", chromedp.ByQuery))
	p.shootBoth("preview-save")
	p.run(chromedp.EmulateViewport(1440, 900))
	p.press("保存")
	p.sees("已写进")
	out, err := exec.Command(build(t), "flows", "test", "--run", "高意向医生约面谈", dir).CombinedOutput()
	if err != nil {
		t.Errorf("the saved test does not pass: %v\n%s", err, out)
	}
	data, err := os.ReadFile(filepath.Join(dir, "tests", "first_visit.test.yaml"))
	if err != nil || !strings.Contains(string(data), "高意向医生约面谈") {
		t.Errorf("the case was not written (%v)", err)
	}
	p.press("退一步")
	p.until("one message less", `[...document.querySelectorAll("#log .bot")].pop().innerText.includes("怎样交流")`)
	p.press("+2 小时")
	p.sees("过了 2 小时")
	p.shootBoth("preview-clock")
}

// answer types a line and waits for a reply that holds the words.
func answer(p *page, line, words string) {
	p.t.Helper()
	var before int
	p.run(chromedp.Evaluate(`document.querySelectorAll("#log .line").length`, &before))
	p.run(chromedp.SendKeys("#text", line, chromedp.ByQuery), chromedp.Click("#send", chromedp.ByQuery))
	p.until(fmt.Sprintf("%q after %q", words, line),
		fmt.Sprintf(`[...document.querySelectorAll("#log .line")].slice(%d).map(e => e.innerText).join("\n").includes(%s)`, before, quote(words)))
}

// edit replaces a text of a file, as an author's editor does.
func edit(t *testing.T, file, before, after string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), before) {
		t.Fatalf("%s does not hold %q", file, before)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(data), before, after, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestPreviewLanguage switches the doctor's language in the middle of a talk: the same question comes in the other one.
func TestPreviewLanguage(t *testing.T) {
	url := startPreview(t, "../flows/testdata/sample/first_visit.yaml", "--now", "2026-11-18T10:00:00+08:00")
	p := newPage(t, newBrowser(t), 1440, 900, url)
	answer(p, "1", "职称")
	speak := func(lang string) {
		p.run(chromedp.Evaluate(fmt.Sprintf(`(() => { const s = document.getElementById("lang"); s.value = %s; s.dispatchEvent(new Event("change", { bubbles: true })); })()`, quote(lang)), nil))
	}
	speak("en")
	p.sees("What is your title")
	p.shootBoth("preview-language")
	speak("zh-CN")
	p.sees("您的职称是？")
}

// startPreview runs the preview and returns the address that it prints.
func startPreview(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command(build(t), append([]string{"flows", "preview"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGINT)
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("the preview ended with %v", err)
			}
		case <-time.After(10 * time.Second):
			cmd.Process.Kill()
			t.Error("the preview did not end after Ctrl-C")
		}
	})
	scan := bufio.NewScanner(out)
	if !scan.Scan() {
		t.Fatal("the preview printed nothing")
	}
	url := strings.TrimSpace(scan.Text())
	go func() {
		for scan.Scan() {
		}
		ended <- cmd.Wait()
	}()
	return url
}
