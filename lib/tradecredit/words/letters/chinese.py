"""The words of letters in Chinese, in the usual form of a 催款函."""

from tradecredit.words.letters.catalogue import Catalogue, Tone

CHINESE = Catalogue(
    tag="zh-Hans", locale="zh_Hans_CN", amount="{currency}\N{NO-BREAK SPACE}{number}", long_day="y年M月d日",
    short_day="yyyy-MM-dd", first_of_month="1", colon="：", and_="及", comma="、",
    to="致：", customer="客户编号", registration="注册号", date="日期", from_="联系人", telephone="电话",
    email="电子邮箱",     salutation="尊敬的客户：",
    tones={
        "friendly": Tone(
            subject="付款提醒函",
            opening="您好！感谢贵公司一直以来的支持。经核对，截至{as_of}，下列款项已到期，我公司尚未收到，或系贵公司一时疏忽。",
            demand="敬请贵公司于{pay_by}前（含当日）支付{total}。",
            courtesy="如付款存在困难，请及时与我公司联系，以便双方协商解决。",
        ),
        "firm": Tone(
            subject="催款函",
            opening="经核对我公司账目，截至{as_of}，下列款项已逾期，贵公司尚未支付。",
            demand="请贵公司于{pay_by}前（含当日）将{total}付至我公司账户。",
            consequence="如届时无法付款，请贵公司在上述日期前书面说明原因。",
        ),
        "formal": Tone(
            subject="逾期付款催告函",
            opening="下列款项已于所列日期到期。经核对我公司账目，截至{as_of}，贵公司仍未支付。",
            demand="现我公司正式催告：请贵公司最迟于{pay_by}支付{total}。",
            consequence="如贵公司逾期仍未付款，我公司保留暂停供货、取消信用账期及采取进一步措施追索欠款的权利，由此产生的费用"
            "在法律允许的范围内由贵公司承担。",
        ),
        "stop": Tone(
            subject="暂停供货通知函",
            opening="经核对我公司账目，截至{as_of}，下列款项已逾期，贵公司尚未支付。我公司现已暂停后续赊销供货。",
            demand="请贵公司于{pay_by}前（含当日）支付{total}。",
            consequence="在收到全部到期款项后，我公司将审核恢复供货事宜。如仍未付款，我公司保留采取进一步措施追索欠款的权利。",
        ),
        "last": Tone(
            subject="最后催款函",
            opening="下列款项早已到期。经核对我公司账目，截至{as_of}，贵公司仍未支付。",
            demand="现我公司最后一次催告：请贵公司于{pay_by}前（含当日）支付{total}。",
            consequence="如届时未收到全部款项，我公司将不再另行通知，直接委托催收机构或通过司法途径追索，由此产生的费用在法律允许"
            "的范围内由贵公司承担。",
        ),
    },
    listed="{currency}发票明细（截至{as_of}）", invoice="发票号", issued="开票日期", due="到期日", days="逾期天数",
    amount_="发票金额", open_="未付金额", held="暂不催收", to_pay="应付金额", sum_="合计",
    held_note="“暂不催收”的金额目前不在催收之列，原因是：{why}。",
    held_why={
        "disputed": "存在争议", "set_off": "可由贵公司在我公司的预存款项抵付",
        "planned": "已约定分期付款", "promised": "贵公司已承诺付款",
    },
    charged_by_law="因逾期付款，我公司依照法律规定（{law}）计收下列款项，计算至{as_of}。",
    charged="因逾期付款，我公司依照法律规定计收下列款项，计算至{as_of}。",
    charged_as_agreed="因逾期付款，我公司依照约定及法律规定计收下列款项，计算至{as_of}。",
    charges="逾期付款费用（{currency}）", interest="逾期利息", fee="固定补偿金",
    daily="此后至付款之日，每日加计利息{amount}。",
    reserved="我公司保留依照法律规定或合同约定主张逾期利息及损失赔偿的权利。",
    asked="应付总额", of_invoices="发票金额", total="合计",
    pay_to="收款账户", pay_to_in="{currency}收款账户",
    holder="户名", bank="开户银行", iban="IBAN", account_number="账号", bic="BIC（SWIFT）", reference="付款附言",
    paid="如贵公司已付款，请无须理会本函，并告知付款日期及金额。",
    objections="如对发票的全部或部分有异议，请{reach}告知所涉发票及理由。无争议的款项仍应按期支付。",
    by_email="发送邮件至{email}", by_phone="致电{phone}", or_="或",
    closing=("特此函告，盼复为荷。", "顺颂商祺！"), date_at_end=True,
)  # fmt: skip
