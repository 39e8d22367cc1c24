//! The most frequent function words of several languages.
//!
//! Training data are mostly English. Without help, the articles and pronouns of a language that they
//! hardly contain would pass for rare words, and any two texts in that language for being about the
//! same subject.

/// Function words of one language, the most frequent first; of Chinese and Japanese, what stands for
/// them where words are not spaced (see [`Term`](crate::analysis::Term)). The
/// lists leave out what is a subject in English, where most comments are: Romanian `care`, Hungarian
/// `mint`.
pub(super) const LANGUAGES: [(&str, &str); 28] = [
    (
        "Portuguese",
        "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao \
         ele das tem à seu sua ou ser quando muito há nos já está eu também só pelo pela até isso \
         ela entre era depois sem mesmo aos ter seus quem nas me esse eles estão você tinha foram \
         essa num nem suas meu às minha têm numa pelos elas havia seja qual será nós tenho lhe \
         deles essas esses pelas este fosse dele tu te vocês vos lhes meus minhas teu tua nosso \
         nossa dela delas esta estes estas aquele aquela isto aquilo estou estava vou vai fazer \
         faz fiz pode posso bem agora aqui assim sobre ainda então porque todos todo toda todas \
         tudo nada outro outra cada onde dia dias anos ano vez sempre nunca hoje pois mim sou são \
         dar ver sei acho gostaria obrigado obrigada bom boa olá oi tive fui tão muita muitos pra \
         pro desde antes tempo pessoas coisa coisas melhor sim estar fica ficou",
    ),
    (
        "Spanish",
        "de la que el en y a los del se las por un para con no una su al lo como más pero sus le \
         ya o este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien \
         desde todo nos durante todos uno les ni contra otros ese eso ante ellos e esto mí antes \
         algunos qué unos yo otro otras otra él tanto esa estos mucho quienes nada muchos cual \
         poco ella estar estas algo nosotros mi mis tú te ti tu tus ellas es son fue era ser \
         tiene tengo hacer puede gracias bien ahora aquí así si he ha han está están",
    ),
    (
        "French",
        "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il \
         sont avec ou son aux mais comme nous on si leur tout y sa cette ces elle fait être deux \
         même ont d'un qu'il c'est aussi je vous me mon ma mes tu te votre vos notre nos ils \
         elles lui dont sans peut bien encore où quand très ai avez avoir était cela ça donc car \
         non oui merci après avant alors entre déjà quelques toujours faire autre autres tous \
         toute toutes là ici rien peu j'ai n'est d'une l'on qu'on qu'un s'il n'a leurs celui \
         celle ceux chaque depuis moins trop ni été sera serait moi toi vers chez puis afin",
    ),
    (
        "German",
        "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es \
         an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen \
         so zum war haben nur oder aber vor zur bis mehr durch man sein wurde sei ich du wir ihr \
         mich mir dir ihm uns euch mein dein unser kann kein keine wenn was wer wo da hier schon \
         ja nein doch dann mal gut sehr alle alles diese dieser dieses habe hast gibt immer vom \
         beim gegen ohne unter weil etwas ganz muss soll danke",
    ),
    (
        "Italian",
        "di e il la che in un a per è una sono mi ho ma lo ha le si ti i con cosa se io come da \
         ci no questo qui hai sei del bene tu sì me più al mio c'è perché solo della so gli tutto \
         te lei ora ne mia era stato quello fatto essere suo nel anche dei alla non o su dove \
         quando chi sua molto fare dopo tutti loro ancora già delle degli nella prima poi così \
         due sempre grazie ogni altro altri",
    ),
    (
        "Dutch",
        "de en van ik te dat die in een hij het niet zijn is was op aan met als voor had er maar \
         om hem dan zou of wat mijn men dit zo door over ze zich bij ook tot je mij uit der daar \
         haar naar heb hoe heeft hebben deze u want nog zal me zij nu ge geen omdat iets worden \
         toch al waren veel meer doen toen moet ben zonder kan hun dus alles onder ja eens hier \
         wie werd altijd wordt wezen kunnen ons zelf tegen na reeds wil kon niets uw iemand \
         geweest andere",
    ),
    (
        "Indonesian",
        "yang dan di ini itu dengan untuk tidak dari dalam akan pada juga saya ke karena ada oleh \
         sudah atau bisa kita mereka kami dia aku kamu anda lagi saja kalau kalo aja gak ga nggak \
         ya tapi yg dgn utk tak jadi buat banyak lebih apa siapa mana kapan bagaimana gimana sih \
         kok deh nih tuh dong kan sama nya seperti telah harus belum masih hanya semua sangat \
         para setelah bila jika maka agar supaya pun hal satu dua orang lain bukan adalah sebuah \
         secara dapat memang bagi sampai mau lalu terus mas pak om bang gue gw lu loe udah udh \
         dah emang biar kayak pake hehe",
    ),
    (
        "Russian",
        "и в не на я что он с это как по но из у за же то все так его к бы от о мы вы она они для \
         а есть был было быть только меня мне еще ещё или если уже когда нет да до во со ну вот \
         там где кто при чем чтобы их тебя тебе её ее ему им под ли можно очень сейчас этот эта \
         эти тот того раз без тоже нас вас может надо",
    ),
    (
        "Polish",
        "w i z na się nie do to że jest o jak a po co tak za od ale czy przez dla ja ty on go już \
         tylko są był było być mnie mi ma by te ten ta tym tego jego jej ich przy także może więc \
         bardzo kiedy gdzie",
    ),
    (
        "Swedish",
        "och i att det som en på är av för med till den har de inte om ett men jag var så vi kan \
         från du när nu vid eller ut han hon sig efter upp alla också mycket bara min mig dig",
    ),
    (
        "Turkish",
        "bir ve bu da de için ile çok ne var ben o daha gibi kadar olarak olan en ama değil sonra \
         mi mı ki her şey biz siz sen ya hem nasıl ise veya fakat şimdi bunu bunun şu oldu olur \
         yok mu mü diye neden nerede kim teşekkürler",
    ),
    (
        "Vietnamese",
        "và là của có không được cho với các một người này trong những đã cũng khi thì đó đến ra \
         như tôi bạn rất mà hàng về lại nhưng nên còn nếu chỉ vào lên sẽ đang phải làm biết muốn \
         nhiều hơn nhất ở bị từ theo vì ai gì sao đâu mình anh chị em họ nó cái con thật cảm ơn",
    ),
    (
        "Greek",
        "και το να του η της με που την από για είναι στο στην τα οι θα δεν τον σε ο ένα μια μου \
         ότι αυτό τη των στα ως αν τι σου κάτι όταν αλλά μας πως ή σας πολύ έχει μόνο εδώ πιο \
         γιατί όπως κι τους τις μην ήταν έχω τώρα όμως μπορεί πρέπει κάθε πολλά μετά αυτή αυτά \
         εγώ εσύ είμαι είχα χωρίς λίγο καλά ευχαριστώ ξέρω ποιος άλλο άλλα όλα πάντα ακόμα ακόμη \
         έτσι σαν τότε λοιπόν στον στις στους μέχρι κατά προς",
    ),
    (
        "Arabic",
        "في من على إلى أن هذا ما لا التي الذي كل مع عن هذه كان لم و هو هي أو بعد قد بين ذلك يا هل \
         أنا لكن كما عند إن حتى غير لو كانت أي إذا فقط ثم منذ تم الى ان انا أنت نحن هم لها له به \
         بها فيه فيها منه عليه كنت كيف لماذا متى أين جدا شكرا نعم الآن هناك هنا يكون ليس مثل أكثر \
         بعض كثير عندما لأن قبل",
    ),
    (
        "Persian",
        "و در به از که این را با است برای آن یک خود تا کرد بر هم نیز می ها بود شد یا من تو او ما \
         شما آنها اگر هر همه چه ولی اما هست نیست باید خیلی خوب چون بعد پس فقط هیچ کنم کنید کند \
         دارد دارم شده کرده مثل وقتی کی کجا چرا سلام ممنون لطفا دیگر دیگه الان",
    ),
    (
        "Hebrew",
        "של את על לא זה עם אני הוא גם כי או אם כל יש היא מה אבל היה רק אין הם אחד יותר כמו אז עוד \
         אחרי מאוד בין כדי שלא אתה אנחנו לי לך לו לה שלי שלך זאת אלה איך למה מי כאן שם היום עכשיו \
         טוב תודה כן בלי אחת מאד הזה הזאת שזה הייתי צריך יכול אפשר",
    ),
    (
        "Hindi",
        "के में है की से को का और पर ने यह एक भी हैं कि हो था नहीं इस तो ही कर लिए जो वह साथ या \
         कुछ अपने थी थे गया हम मैं आप मेरे मेरा मेरी आपके आपका बहुत सब कोई क्या जब तक बाद बात अब \
         रहा रहे रही करने किया करते जाता सकते सकता होता होती दिया वाले फिर अगर लेकिन कैसे क्यों \
         यहाँ वहाँ मुझे उन्हें उनके इसके उसके धन्यवाद",
    ),
    (
        "Korean",
        "이 그 저 것 수 등 및 더 안 못 잘 다 또 좀 너무 정말 아주 그리고 하지만 그런데 그래서 그러나 나는 저는 제가 내가 나도 저도 우리 우리는 있는 없는 \
         있습니다 합니다 입니다 있어요 없어요 해요 했어요 같아요 같습니다 하는 할 한 된 되는 되어 하고 해서 위해 대한 때 때문에 같은 많이 지금 오늘 여기 거기 \
         이런 그런 어떤 무슨 왜 어떻게 감사합니다 고맙습니다 안녕하세요 네 아니 것이 것은 것을 게 거 건",
    ),
    (
        "Japanese",
        "私 人 今 何 方 時 気 事 思 見 言 行 来 出 入 使 作 読 書 知 分 教 食 買 持 前 後 中 上 下 日 年 月 本 大 小 多 少 高 早 良 好 同 自 \
         自分 場合 一番 今日 今回 最近 本当 全部 必要 大変 感謝 記事 最後 最初 以上 以下 時間 場所 問題 方法 僕 俺 彼 彼女 皆 誰 間 所 度 回 話 聞 考 感 \
         始 続 変 違 楽 嬉 有 無 難 頂 致 願 返 過 取 付 合 当 手 目",
    ),
    (
        "Chinese",
        "我们 你们 他们 这个 那个 什么 没有 可以 一个 不是 就是 自己 现在 因为 所以 但是 如果 时候 知道 觉得 真的 还是 也是 都是 很多 这样 怎么 为什么 已经 \
         一些 这些 那些 非常 一下 不会 不能 应该 可能 看到 谢谢 我的 你的 他的 的时 我也 了一 我是 是我 有一 的人 这里 那里 一样 而且 不过 或者 以后 之后 \
         比较 喜欢 我們 你們 他們 這個 那個 什麼 沒有 一個 現在 因為 時候 覺得 還是 這樣 怎麼 為什麼 已經 這些 應該 謝謝",
    ),
    (
        "Czech",
        "a se v na je to že s z do i o k jako za by jsem tak po co už si jen nebo když jsou bude \
         ve není které který která jsme byl bylo byla od až mi mě tam ta tu ty tím být má mám \
         může ještě taky také kde kdo jak proč protože jestli pak díky dobrý více než při před \
         mezi u ho mu jí nám vám vás nás",
    ),
    (
        "Ukrainian",
        "і в не на що я з та як у це до за він ти але так ви ми все від для по є було бути був \
         була вони вона або чи ще вже якщо коли де хто мені мене тебе вам вас нас нам тільки дуже \
         може можна треба також тому бо про при під над його її їх цей ця ці той там тут дякую",
    ),
    (
        "Romanian",
        "de și în a la cu o pe un nu că se din să mai pentru este ce e am ai are sau ca au fi eu \
         tu el ea noi voi ei lor lui sunt era fost dacă când unde cum foarte tot toate doar prin \
         după până fără acest această acesta asta acum aici așa bine mi te ne va vor poate despre \
         între mult mulțumesc îmi îți",
    ),
    (
        "Hungarian",
        "a az és hogy nem is egy ez de ha meg csak már el én te ő mi ti ők azt ezt volt lesz kell \
         még vagy így úgy mert nagyon ki be le itt ott akkor ami aki amit majd most jó sem minden \
         lehet vagyok nincs mit hol miért hogyan után alatt között szerint köszönöm",
    ),
    (
        "Danish",
        "og i at det er en til på af for ikke den der jeg med som har de et du var vi så om han \
         fra kan sig hun være eller blev noget når her vil skal min mig dig hvad hvor nu efter \
         også meget hvis da kun op ud",
    ),
    (
        "Norwegian",
        "og i det er på som en til av for at ikke med den har jeg de et du var vi så om han fra \
         kan seg hun være eller ble noe når her vil skal min meg deg hva hvor nå etter også \
         veldig hvis da enn opp ut dette denne bli",
    ),
    (
        "Finnish",
        "ja on ei se että en hän oli mutta niin kun ole mitä minä kuin tai jos nyt vain sen olen \
         ovat joka sitten voi myös mikä tämä minun sinä he me te vielä jo kanssa olla siitä tässä \
         sinun kaikki hyvin paljon miten missä koska kiitos ennen jälkeen",
    ),
    (
        "English",
        "the of and to a in is i it that for you this with on have be are as was not but if my or \
         from at can just like so they an all by your what there me one some do would more about \
         has how when out don't it's which we will get no had up very think know also than any \
         good time only then their them use really thanks were even because other see make who \
         want could well way much been did should am into he does here now too these great still \
         over thing better its new most after never need why where work first many our people his \
         her she him us",
    ),
];
