//! The most frequent function words of several languages.
//!
//! Training data are mostly English. Without help, the articles and pronouns of a language that they
//! hardly contain would pass for rare words, and any two texts in that language for being about the
//! same subject.

/// Function words of one language, the most frequent first.
pub(super) const LANGUAGES: [(&str, &str); 13] = [
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
         toute toutes là ici rien peu j'ai n'est d'une l'on qu'on qu'un s'il n'a d' l' qu' j' n' \
         c' s' leurs celui celle ceux chaque depuis moins trop ni été sera serait moi toi vers \
         chez puis afin",
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
         mi mı ki her şey biz siz sen ya hem nasıl",
    ),
    (
        "Vietnamese",
        "và là của có không được cho với các một người này trong những đã cũng khi thì đó đến ra \
         như tôi bạn rất mà hàng về lại nhưng nên còn",
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
